"""Commands about our own records: approvals, operations, freezes, audit and policy."""
