"""Work that waits for a worker until a test lets one come: the ids are in `broker`, the fixture."""

from ozg_tracker.tracking.releases import catalogue_jobs


def work(broker):
    while broker:
        catalogue_jobs.run_catalogue_job(broker.pop(0))
