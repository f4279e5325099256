"""What was published about real events, beside what the nets and the flights of the scenarios say."""
