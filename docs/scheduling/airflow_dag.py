"""A DAG of Airflow that calls the command: Airflow plans and warns, the command does the work."""

import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "ctg_diagnosis",
    schedule="30 3 * * *",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="build",
        cwd="/srv/ctg_analysis",
        bash_command=".venv/bin/ctg build 200067171",
        skip_on_exit_code=3,
        retries=0,
        execution_timeout=datetime.timedelta(hours=12),
    )
