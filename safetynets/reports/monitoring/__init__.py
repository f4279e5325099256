"""The alerts of many days on a page and in a monthly report: the same sentences, tables and figures in each."""
