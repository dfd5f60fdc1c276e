"""Prices of shares, as `yfinance` and `pandas_datareader` fetch them: a random walk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from inspector.loading.stand_ins.frame import DataFrame

_DAYS = 750


def download(*args: Any, **options: Any) -> DataFrame:
    """One row a day, with the columns that such tables have."""
    random = np.random.default_rng(0)
    close = 100 + np.cumsum(random.normal(0.05, 1.0, _DAYS))
    spread = random.uniform(0.1, 1.0, _DAYS)
    days = [datetime(2020, 1, 1) + timedelta(days=i) for i in range(_DAYS)]
    columns = {
        "Open": close - spread / 2,
        "High": close + spread,
        "Low": close - spread,
        "Close": close,
        "Adj Close": close,
        "Volume": random.integers(1_000, 1_000_000, _DAYS).astype(float),
    }
    return DataFrame(columns, index=np.array(days, object))


class Ticker:
    """One share."""

    def __init__(self, name: Any = "", *args: Any, **options: Any) -> None:
        self.ticker = name
        self.info: dict[str, Any] = {}

    def history(self, *args: Any, **options: Any) -> DataFrame:
        """Its prices."""
        return download()


NAMES: dict[str, Any] = {
    "download": download,
    "DataReader": download,
    "get_data_yahoo": download,
    "get_data_tiingo": download,
    "Ticker": Ticker,
}
