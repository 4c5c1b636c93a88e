"""QuickCare on one machine: an embedded AWS, and a gateway that runs the functions of `template.yaml` in-process."""
