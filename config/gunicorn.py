"""How gunicorn serves: `gunicorn -c config/gunicorn.py config.wsgi`, any number of times on a machine."""

import os

bind = "127.0.0.1:8000"
workers = 2
worker_class = "gthread"
threads = 8
# Read before the port is opened: while it starts, the proxy is refused at once and asks the other one.
preload_app = True
# Memory that a long life has gathered is given back.
max_requests = 2000
max_requests_jitter = 200
timeout = 60
# Its socket has one name for each user: a second server would take it from the first.
control_socket_disable = True
# Where requests are counted: the application asks for the folder as soon as it is read.
if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.makedirs(folder, exist_ok=True)


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "cases.operation.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # The proxy logs the requests.
        "gunicorn.access": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
