"""Records to what others read: tables, report."""
