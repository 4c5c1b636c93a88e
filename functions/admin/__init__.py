"""`/admin/`: the panel of superadmins and administrators, as plain HTML pages."""
