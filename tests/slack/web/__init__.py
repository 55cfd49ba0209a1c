"""Methods of the Web API, a module for each family; ``methods.py`` lists them all with their scopes."""
