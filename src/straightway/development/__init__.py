"""What `straightway dev` adds around an application, and nothing else imports."""
