"""French sentences as people write them, by the rule that makes them heard: - is negative, + positive, 0 neither.

All are made up. Each group fails when its rule is taken out (tone_fr.py names the rules).
"""

from collections.abc import Iterator

import pytest

from tocsin.enrich.tone_fr import score_french

CASES = {
    "negation with ne": """
        - Le groupe ne pourra respecter ses engagements
        - Ne regardez pas cette horreur
        - Il ne faut pas s'étonner de ce film sans intérêt
        + Le résultat ne peut que plaire
        - Je ne suis pas satisfaite de cette banque
        - Ce n'est pas une entreprise sérieuse
        - Le conseiller n'a pas été très aimable
        - Je n'ai jamais eu un accueil agréable dans cette boutique
        - Ils ne respectent rien ni personne
        - Cette appli n'est plus fiable
        - Le vendeur n'était guère compétent
        - Je ne recommande à personne cette compagnie, pas sérieuse du tout
        - On n'a aucun plaisir à regarder ça
        - Ni aimable ni compétent
        - Aucune qualité à ce prix
        - Pas une seule bonne idée dans ce film
        - Je ne pense pas que ce soit une bonne banque
        - Nullement convaincu par cette offre
        + Ce n'est pas un mauvais opérateur, loin de là, je suis content
        + Je ne regrette pas du tout mon choix
        + On ne s'ennuie jamais
        + Je n'ai jamais été déçu
        """,
    "dropped ne": """
        - j'aime pas cette pub
        - c'est pas sérieux
        - je recommande pas du tout
        - ils respectent pas les clients
        - c'est vraiment pas pratique
        - y'a aucun respect
        - jms content avec eux
        - chui pas satisfait du tout
        - ça marche jamais leur truc
        - on apprécie pas d'être traités ainsi
        - c pa sérieux
        """,
    "negation that joins": """
        - Une équipe pas sérieuse et compétente
        - Sans charme ni talent
        - Pas aimable ou souriant
        """,
    "only is no negation": """
        + Il n'y a que du bonheur dans cette série
        + Ce n'est pas seulement beau, c'est utile
        + Rien que du plaisir
        """,
    "peu": """
        - Un service peu fiable
        - Personnel très peu aimable
        - Produit trop peu efficace
        + Un peu cher, mais quelle merveille
        """,
    "litotes": """
        + C'est pas mal du tout
        + Pas mauvais ce petit restaurant
        + franchement pas dégueu
        + c'est pas con comme idée
        - C'est pas fou
        - Bof, pas terrible
        - pas ouf leur nouvelle appli
        - Ce n'est pas glorieux
        - ça casse pas trois pattes à un canard
        - C'est pas jojo
        """,
    "what strengthens, in its order": """
        - Vraiment très mauvais
        - super nul
        - grave déçue
        - hyper chiant
        - carrément scandaleux
        + vachement bien
        + trop bien ce concert
        + super sympa
        + grave bien
        """,
    "what turns": """
        - Supprimer cette ligne est une honte
        - Ils ignorent la catastrophe et le scandale
        + Toujours aucun problème après deux ans
        + Un technicien est venu résoudre mon problème
        - Ne manquez pas de patience, ils manquent de tout respect
        + L'association lutte contre la fraude
        + Un plan pour réduire la pollution
        + La région veut éviter une pénurie
        + Moins de gaspillage à la cantine
        + Baisse des accidents sur les routes
        - Quel manque de respect
        - Absence totale de professionnalisme
        - Cette série est loin d'être géniale
        - Dénué de tout intérêt, privé de charme
        - Moins bien qu'avant
        - Beaucoup moins drôle que la première saison
        - Ils sont incapables d'être polis
        - Le gouvernement menace la liberté de la presse
        - Toujours pas de solution
        - Même pas aimable
        - Où est le respect du client ?
        - tout sauf sérieux
        - Plus aucun respect
        """,
    "wishes": """
        - Ça aurait pu être génial
        - J'aurais aimé un meilleur accueil
        - L'histoire aurait mérité un bon scénario
        - Vous auriez pu être aimables
        """,
    "who could like that": """
        - Comment peut-on aimer cette émission ?
        - Comment pouvez-vous recommander cette mutuelle ?
        - Vous vous foutez de qui ?
        - De qui se moque-t-on ?
        - Et vous appelez ça un service de qualité ?
        """,
    "mais and its kin": """
        - L'hôtel est beau mais le service est déplorable
        - Bonne idée, par contre la réalisation est ratée
        - Joli site, sauf que rien ne marche
        - C'était agréable, pourtant je suis déçu
        - Belle boutique, cependant le personnel est odieux
        + Un peu cher mais excellent
        + Livraison lente, mais le produit est magnifique
        + Au début c'était compliqué, mais maintenant je suis ravi
        """,
    "malgré and its kin": """
        + Malgré quelques défauts, une belle série
        + Même si l'attente est longue, je recommande
        + Bien que ce soit cher, je suis content
        - Malgré un beau décor, ce film est nul
        - Certes le prix est intéressant, le service est minable
        """,
    "what happened and what is judged": """
        + Une excellente série sur un meurtre et une guerre de gangs
        + J'adore ce roman sur la mafia, la drogue et la violence
        - Un accident fait trois morts sur l'autoroute
        - Fuite de données chez un opérateur
        """,
    "irony of thanks and applause": """
        + Un personnel super malgré un site nul et lent
        + Merci à l'équipe pour son aide après mon accident
        - Merci Orange pour la panne de ce matin
        - Merci à votre service client pour ces trois heures d'attente
        - Bravo, encore un colis perdu
        - Bravo pour l'incompétence
        - Super, encore en retard
        - Génial, le train est annulé
        - Félicitations pour ce fiasco
        - 👏👏 quelle bande d'incapables
        - Encore merci pour le retard
        - Quel bel exemple d'incompétence
        - merci la sncf pour cette galère
        - Top, toujours aucune réponse
        - Chapeau pour ce scandale
        - Bravo le service client
        + Merci à Julie pour son aide et sa gentillesse
        + Merci pour votre réactivité
        + Bravo à toute l'équipe pour ce beau travail
        + Super, tout fonctionne
        """,
    "irony that has become a phrase": """
        - Merci pour rien
        - Elle est belle la France
        - Bonjour l'ambiance dans ce magasin
        - On croit rêver
        - Laissez-moi rire
        - Ben voyons
        - On marche sur la tête
        - C'est du propre
        - Cherchez l'erreur
        - et puis quoi encore
        """,
    "laughter joins in": """
        - mdr quelle arnaque
        - 😂😂 ils sont nuls
        - ptdr le service client est pitoyable
        + mdr trop drôle
        + 😂😂 j'adore
        """,
    "verlan and slang": """
        - il est relou ce vendeur
        - c'est chelou leurs prix
        - je suis vénère
        - c'est claqué au sol
        - j'ai trop le seum
        - ça me saoule
        - quelle bande de bouffons
        - ils m'ont pris pour un pigeon
        - c'est de la daube
        - ça craint
        - cringe
        - vous nous prenez pour des cons
        + un truc de ouf
        + c'est chanmé
        + trop stylé
        + une vraie tuerie
        + je kiffe grave
        + banger
        """,
    "abbreviations": """
        - jpp de cette boîte, que des problèmes
        - wtf ce prix
        - tjs pas remboursé
        - tjrs rien reçu
        - ntm
        + bcp aimé, tb
        + jadore
        """,
    "emoji": """
        - 😡
        - Mon colis 🤬
        - 🤮🤮
        - Encore un vol annulé 😭
        - 👎
        - 💩
        + 😍
        + Ma commande ❤️
        + 👍
        + 🥰🥰
        + 🔥🔥
        + :)
        - :(
        """,
    "insurance": """
        - Ils refusent de m'indemniser après mon dégât des eaux
        - Sinistre toujours pas réglé au bout de six mois
        - Ma cotisation augmente tous les ans sans raison
        - Franchise exorbitante, aucune prise en charge
        - Assurance à fuir
        - Je vais résilier tous mes contrats
        - L'expert est de mauvaise foi
        - Contrat résilié sans préavis
        + Sinistre réglé rapidement, conseiller à l'écoute
        + Bien remboursé, tarifs compétitifs
        """,
    "bank, telecom, energy": """
        - Prélèvement non autorisé sur mon compte
        - Frais abusifs, je quitte cette banque
        - Plus de réseau depuis trois jours
        - Impossible de joindre un conseiller
        - La fibre est en panne depuis lundi
        - On me raccroche au nez
        - Facture exorbitante, aucune explication
        - Démarchage agressif
        - Virement bloqué sans explication
        + Conseillère disponible et très professionnelle
        + Fibre installée en avance, technicien sympa
        """,
    "airline, railway, shop, food": """
        - Bagage perdu, personne ne répond
        - Vol annulé sans prévenir
        - Train supprimé, encore
        - Colis jamais reçu
        - Article non conforme, remboursement refusé
        - J'ai trouvé un insecte dans ma salade
        - Intoxication alimentaire après le buffet
        - Poulet avarié
        - trop salé et froid
        - Rappel de lots pour cause de listeria
        + Livraison rapide, bien emballé
        + Équipage souriant, vol agréable
        + Délicieux, on y retournera
        """,
    "politics and news": """
        - Le ministre mis en examen pour corruption
        - Tollé après les propos racistes du député
        - Une catastrophe écologique
        - Le barrage divise et la colère gronde
        - Encore une promesse non tenue, quelle hypocrisie
        - Larmes de crocodile et langue de bois
        - Ils cèdent aux lobbies, c'est honteux
        + Une belle victoire pour la démocratie
        + Bonne nouvelle pour la planète
        0 Le premier ministre se rend à Lille mardi
        0 Le développement durable au programme du colloque
        0 Le conseil de sécurité se réunit à New York
        """,
    "verbs of every group": """
        - Vous mentez à vos clients
        - Ils nous ont menti
        - Cette saison déçoit
        - Vous nous décevez beaucoup
        - J'ai perdu mon temps et mon argent
        - Ce film me déplaît
        - Ils détruisent nos forêts
        - Les salariés souffrent
        - On nous trahit
        - Je crains le pire
        - Ça me dégoûte
        - Ils nous méprisent
        + Cela me plaît
        + Ce spectacle nous a ravis
        + Une actrice qui séduit et qui éblouit
        """,
    "comparatives": """
        - C'est pire que tout
        - De pire en pire
        - Pire service de ma vie
        + De mieux en mieux
        + La meilleure série du moment
        + Rien de mieux pour se détendre
        """,
    "ratings": """
        - 0/10
        - Note : 2/5
        - 1 étoile
        - zéro étoile pour ce restaurant
        - Je mets 3/20
        + 5 étoiles
        + 9/10
        + cinq étoiles sans hésiter
        0 Le bus 3/4 passe à midi
        0 Rendez-vous le 5/10
        0 Un hôtel 4 étoiles ouvre à Nice
        """,
    "lost accents, letters drawn out or doubled": """
        0 Outre Paris, le groupe est présent à Lyon
        0 La maitrise du chinois est demandée
        - decu et degoute
        - nuuuuul
        - innadmissible
        - catastrofique non, catastrophiqueeee
        - inaceptable
        + géniaaaal
        + genial
        """,
    "hashtags": """
        - #PlusJamais
        - #HonteAVous
        - #ServiceNul
        + #JeRecommande
        + #TropBien
        """,
    "elisions and apostrophes": """
        - L’escroquerie de l’année
        - j’ai jamais vu ça
        - C’est l’horreur
        + J’adore
        """,
    "Quebec, Belgium, Switzerland": """
        - C'est de la marde
        - Je suis tanné de leur service
        - Quel brol ce site
        - Tabarnak, encore une panne
        - Arrêtez de nous niaiser
        + C'est le fun
        + C'est tiguidou
        """,
    "calls": """
        - À fuir absolument
        - Passez votre chemin
        - Je déconseille fortement
        - Plus jamais chez eux
        - Boycottez cette marque
        - Arnaque totale
        + Foncez les yeux fermés
        + À voir absolument
        """,
    "what people write of companies": """
        - La SNCF annonce une hausse de 8 % des billets, on se fait plumer
        - 3e panne de métro de la semaine, je suis encore en retard au boulot
        - Mon banquier ne m'a jamais rappelé
        - Impossible d'avoir un humain au téléphone chez vous
        - Votre robot conversationnel est d'une bêtise
        - J'attends mon colis depuis dix jours, aucune info
        - Les salariés dénoncent une ambiance toxique au siège
        - Le PDG soupçonné de délit d'initié
        - Des milliers de poulets abattus après un cas de grippe aviaire
        - L'usine va fermer, 300 familles sur le carreau
        - Fromage contaminé : une fillette hospitalisée
        - Un hacker publie les mots de passe de 500 000 abonnés
        - Encore un bug, je n'ai plus accès à mon compte
        - Vous avez perdu une cliente fidèle
        - Plus jamais je ne volerai avec eux
        - L'hôtesse nous a parlé comme à des chiens
        - Franchement décevant pour le prix
        - C'était mieux avant
        - Leur pub est gênante
        - Ça sent l'arnaque à plein nez
        - Quel foutage de gueule cette augmentation
        - Un accueil glacial et une attente interminable
        - Le gouvernement recule encore face aux lobbies
        - Ce député n'a honte de rien
        - Les promesses, toujours les promesses
        - On paie de plus en plus pour de moins en moins
        - J'ai dû me battre trois mois pour récupérer mon dû
        - Mes 40 € de bons d'achat ont disparu
        - Je regrette amèrement d'avoir changé d'opérateur
        - Une bouillie sans nom, j'ai quitté la salle
        + Super expérience, équipe très pro
        + Ils ont remplacé mon téléphone sans discuter
        + Le livreur était adorable
        + Service client réactif, problème résolu dans l'heure
        + Belle surprise que ce petit hôtel
        + Je suis bluffé par la rapidité
        + Une adresse à retenir
        + Un immense bravo aux bénévoles
        + Cette série m'a tenue en haleine jusqu'au bout
        + Rien à redire, tout était parfait
        + Enfin un opérateur qui respecte ses clients
        + Merci pour ce bon moment
        + Quelle claque ce film
        + La meilleure décision de l'année, changer de banque
        + Le groupe double ses bénéfices
        + Bonne nouvelle, la ligne rouvre lundi
        0 La boutique déménage au 12 rue de la Paix
        0 Réunion publique mardi à 18 h à la mairie
        0 Votre colis sera livré entre 9 h et 12 h
        0 Le nouveau directeur prendra ses fonctions en mars
        0 Quelqu'un sait si le magasin est ouvert dimanche ?
        0 J'ai pris le train de 8 h
        """,
    "what customers write": """
        - Ça fait 3 semaines que j'attends mon remboursement, c'est quand même dingue
        - toujours aucune nouvelle de mon technicien, il devait passer lundi...
        - Je viens de passer 45 min au téléphone pour m'entendre dire que mon dossier n'existe pas
        - Bonjour, ma box redémarre toutes les 10 minutes, comment on fait pour télétravailler ?
        - Le chauffeur a jeté mon colis par-dessus le portail
        - Votre appli plante depuis la mise à jour
        - 12 € de frais pour un virement, vous êtes sérieux ?
        - Deux heures coincés sur le tarmac sans une bouteille d'eau
        - Mon assurance me lâche au premier pépin
        + Hâte de retrouver leur nouvelle collection !
        + Chapeau à la conseillère qui a tout réglé en cinq minutes
        + J'ai reçu ma commande ce matin, nickel, rien à dire
        - Qui d'autre n'a plus de 4G à Lyon ?
        - Ils m'ont facturé deux fois le même abonnement
        - Leur engagement pour le climat, c'est du vent
        - On nous prend vraiment pour des jambons
        - Y'en a marre de vos pubs toutes les deux minutes
        - non mais le sketch cette compagnie
        - Le steak était cru et le serveur désagréable
        - Portions minuscules, addition salée
        + Cuisine maison, accueil au top, on reviendra
        + Le meilleur burger de la ville, sans discussion
        - Mouais, je m'attendais à mieux pour ce prix
        + J'ai été agréablement surpris par la qualité
        - Pas convaincue par leur nouvelle recette
        - Je suis tombée malade après avoir mangé leurs sushis
        - Ma fille a fait une réaction allergique à cause de votre crème
        - La batterie ne tient pas deux heures
        - Écran rayé à la réception, et on me demande de payer le retour
        - Téléphone qui chauffe, dangereux
        - Le SAV m'a envoyé bouler
        - Personne pour m'aider en magasin
        + Les caissières sont adorables
        + Toujours un plaisir de voyager avec vous
        + Sièges confortables et personnel aux petits soins
        - Ma valise est arrivée en miettes
        - Il neige et EDF me coupe le courant, bravo
        - Ma facture de gaz a triplé
        + Merci au technicien Enedis venu un dimanche
        0 Quels sont vos horaires d'ouverture le samedi ?
        0 Le siège de la société se trouve à Nantes
        0 L'assemblée générale aura lieu le 12 mai
        0 Je cherche un abonnement pour mon fils
        0 Est-ce que le modèle existe en bleu ?
        """,
    "what the news says of companies and politics": """
        - Pénurie de lait infantile dans les rayons, les parents s'inquiètent
        - Une salariée porte plainte pour harcèlement contre son directeur
        - Le constructeur rappelle 40 000 véhicules pour un défaut de freins
        - L'enseigne accusée de vendre de la viande avariée
        - La marque s'excuse après une publicité jugée sexiste
        - Cet influenceur dénonce les conditions de travail chez leur sous-traitant
        - Nouvelle cyberattaque : les données de deux millions de clients dans la nature
        - La grève se poursuit, les vols restent cloués au sol
        - Le cours de l'action dévisse de 12 %
        + L'action bondit après des résultats record
        + Le groupe va recruter 2 000 personnes, une bonne nouvelle pour la région
        + Prix du meilleur employeur pour la troisième année de suite
        - Le ministre se défausse, comme d'habitude
        - Cette réforme est une aberration
        - Le maire a menti aux habitants
        + Enfin une mesure de bon sens
        - Encore un cadeau aux plus riches
        - Ils s'en mettent plein les poches
        - Les soignants sont à bout
        + Fiers de nos bénévoles
        + Quelle belle initiative des lycéens
        """,
    "what viewers and readers write": """
        + Ce documentaire m'a bouleversé, à voir
        - Film creux, dialogues plats, acteurs en roue libre
        + Une merveille de drôlerie et d'intelligence
        - J'ai décroché au bout de dix minutes
        + On ne voit pas le temps passer
        + Le scénario tient la route et les acteurs sont justes
        - C'est long, mais c'est long !
        + Série bien foutue, on s'attache vite aux personnages
        - Tout ça pour ça
        - La saison de trop
        + Je ne m'en lasse pas
        + Vivement la suite !
        - Si vous aimez perdre votre temps, allez-y
        - Moi qui croyais que c'était une entreprise sérieuse...
        - J'ai rarement vu un tel mépris
        + On se sent écoutés et respectés
        - Résiliation impossible, ils font la sourde oreille
        """,
    "nothing said": """
        0 Bonjour, je voudrais connaître les horaires
        0 Bien sûr, le magasin ouvre lundi
        0 Le vol de Paris à Nice dure une heure
        0 Merci de me répondre par courrier
        0 J'ai reçu une lettre recommandée hier
        0 Cordialement
        0 Quand ouvre la nouvelle agence ?
        0 L'entreprise recrute un commercial à Lyon
        0 Le film sort mercredi au cinéma
        0 Où se trouve la gare, s'il vous plaît
        """,
}


def cases() -> Iterator[object]:
    for rule, lines in CASES.items():
        for line in lines.strip().splitlines():
            sign, text = line.split(maxsplit=1)
            yield pytest.param(sign, text, id=f"{rule}: {text}")


@pytest.mark.parametrize(("sign", "text"), list(cases()))
def test_is_heard(sign: str, text: str) -> None:
    heard = score_french(text)
    assert ("-" if heard <= -0.05 else "+" if heard >= 0.05 else "0") == sign, heard
