"""The desk of case workers and approvers: one small module for each noun, each page one look-up or one action."""
