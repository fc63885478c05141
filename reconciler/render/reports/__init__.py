"""Reports of what was done, for people: the summary of a job, and an auditor."""
