"""`make attack`: damaged and hostile inputs, killed commands, full disks, bombs; see docs/reliability.md."""
