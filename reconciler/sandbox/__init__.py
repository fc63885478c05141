"""An embedded stand-in for the Talkover API, over real HTTP."""
