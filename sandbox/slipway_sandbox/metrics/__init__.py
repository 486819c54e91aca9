"""Metrics as CloudWatch keeps and reads them: data points, statistics, metric math. Knows no moto and reads no clock."""
