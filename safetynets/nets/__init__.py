"""The alert engines: eligibility, one module a net, one lifecycle for all nets, arbitration, and the trace."""
