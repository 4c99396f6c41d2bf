"""The first page of each person: the coordinator's Today, the volunteer's My shifts."""
