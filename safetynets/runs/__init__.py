"""From a scenario or a recording to a finished run: tracks judged, alerts, calls and the manifest."""
