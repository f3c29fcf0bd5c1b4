"""The console: what PR teams and on-call staff read inside Airflow, behind Airflow's own login."""
