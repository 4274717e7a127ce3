"""What leaves and enters a study: tables, sheets, reviewers' packages."""
