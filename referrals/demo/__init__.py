"""An invented office: organisations, people and courses around today's date. Nobody in it exists."""
