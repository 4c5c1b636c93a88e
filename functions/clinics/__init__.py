"""`/api/clinics/`: clinics, their opening hours, staff, invitations and admission documents."""
