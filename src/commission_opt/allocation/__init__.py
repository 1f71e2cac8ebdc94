"""From a formulation to places: relaxation, whole places, certificate."""
