"""Spark, the second engine: a session in which the expressions of this room give what they give on DuckDB.

It is optional (``requirements-spark.txt``, and Java 17): what is imported here is imported late.
"""

import os
from typing import TYPE_CHECKING, Any

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import ibis.backends.pyspark

# a scorecard is one long method: the JVM would refuse to compile it, and run it several times slower
JVM_FLAGS = "-XX:-DontCompileHugeMethods"
SETTINGS = {
    "spark.driver.extraJavaOptions": JVM_FLAGS,
    "spark.executor.extraJavaOptions": JVM_FLAGS,
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
}


def connect(master: str | None = None, **settings: str) -> "ibis.backends.pyspark.Backend":
    """Open Ibis over a Spark session: at ``master``, else at ``ENGINE`` where that names one, else on this
    machine.

    Raises: BadInput where pyspark or Java are not there.
    """
    try:
        import ibis
        import pyspark.sql
    except ImportError as error:
        raise _absent("pyspark is not installed") from error
    given = os.environ.get("ENGINE", "")
    where = master or (given if given.startswith(("spark://", "local[")) else "local[*]")
    builder: Any = pyspark.sql.SparkSession.builder.master(where).appName("saiban")
    for name, value in (SETTINGS | settings).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # py4j's own kinds differ by what is missing
        raise _absent(f"the session at {where} could not be opened ({type(error).__name__})") from error
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)


def _absent(what: str) -> BadInput:
    expected = "pip install --require-hashes -r requirements-spark.txt, and Java 17"
    return BadInput(f"{what}.", place="Spark", expected=expected)
