"""Studies: many parameter sets over many days of traffic, judged, scored, compared and one of them recommended."""
