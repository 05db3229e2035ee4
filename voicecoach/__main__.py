"""`voicecoach` and `python -m voicecoach`: the command line."""

import sys

try:
    from voicecoach.cli import main
except KeyboardInterrupt:  # before `main` can tell
    sys.exit(130)

if __name__ == "__main__":
    main()
