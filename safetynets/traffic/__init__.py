"""What really flew: scripted flights, and the faults put into them and into recorded tracks."""
