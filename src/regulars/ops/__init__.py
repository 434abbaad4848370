"""What whoever runs the installation looks at: health, readiness, metrics, housekeeping."""
