"""Parts of a small valid site file."""

HEAD = """title = "A test site"
centre_deg = [46.0, 6.0]
source = "made for a test"
"""

VOLUME = """
[[volumes]]
name = "box"
purpose = "restricted"
polygon_deg = [[46.0, 6.0], [46.0, 6.1], [46.1, 6.1], [46.1, 6.0]]
floor_ft = 0
ceiling_fl = 95
source = "made for a test"
"""

APPROACH = """
[[approaches]]
name = "XXXX 36"
airport = "XXXX"
runway = "36"
threshold_deg = [46.0, 6.0]
threshold_elevation_ft = 1000
true_course_deg = 360
angle_deg = 3.0
intercept_altitude_ft = 4000
source = "made for a test"
"""

REGION = """
[[pressure_regions]]
name = "everywhere"
qnh_hpa = 1020
transition_altitude_ft = 5000
transition_level_fl = 60
source = "made for a test"
"""
