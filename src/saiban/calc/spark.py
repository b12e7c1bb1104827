"""Spark, the second engine: a session in which the expressions of this room give what they give on DuckDB.

It is optional (``requirements-spark.txt``, and Java 17): what is imported here is imported late.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import ibis.backends.pyspark
    import ibis.expr.types as ir

# a scorecard is one long method: the JVM would refuse to compile it, and run it several times slower
JVM_FLAGS = "-XX:-DontCompileHugeMethods"
SETTINGS = {
    "spark.driver.extraJavaOptions": JVM_FLAGS,
    "spark.executor.extraJavaOptions": JVM_FLAGS,
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def connect(master: str, **settings: str) -> "ibis.backends.pyspark.Backend":
    """Open Ibis over a Spark session at ``master``.

    Raises: BadInput where pyspark or Java are not there.
    """
    try:
        import ibis
        import pyspark.sql
    except ImportError as error:
        raise _absent("pyspark is not installed") from error
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise _absent("Java is not installed")
    builder: Any = pyspark.sql.SparkSession.builder.master(master).appName("saiban")
    for name, value in (SETTINGS | settings).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # py4j's own kinds differ by what is missing
        raise _absent(f"the session at {master} could not be opened ({type(error).__name__})") from error
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)


def answer(
    expression: "Callable[[ir.Table], ir.Table]", given: Path, found: Path, *, relation: str, master: str
) -> None:
    """Ask an expression of a Parquet file and write its rows into a folder of them.

    The workers of a cluster have to see both. Raises: BadInput where the session cannot be opened, or breaks
    off.
    """
    backend = connect(master)
    try:
        rows = backend.read_parquet(str(given), table_name=relation)
        backend.raw_sql(backend.compile(expression(rows))).write.parquet(str(found))
    except Exception as error:  # py4j's own kinds differ by what went wrong
        reason = str(error).strip().splitlines()[0][:300]
        expected = f"workers that see {given.parent} (TMPDIR), and memory enough (spark.driver.memory)"
        raise BadInput(
            f"the work broke off ({reason}).", place=f"Spark at {master}", expected=expected
        ) from error
    finally:
        backend.disconnect()


def _absent(what: str) -> BadInput:
    expected = "pip install --require-hashes -r requirements-spark.txt, and Java 17"
    return BadInput(f"{what}.", place="Spark", expected=expected)
