"""What teams browse: data views, saved searches and dashboards, built here and compiled to Kibana's saved objects."""
