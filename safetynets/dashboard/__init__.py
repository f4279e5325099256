"""The tuning dashboard: sliders over one day of traffic, judged anew at every move, served to this machine only."""
