"""The pages of the desk: for officers, data managers, auditors and operators."""
