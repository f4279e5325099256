"""The replay at the top of a run's page: a moving map, a profile and a timeline, drawn by Bokeh in the browser."""
