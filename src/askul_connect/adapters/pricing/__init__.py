"""Further rules of prices that come with the package."""
