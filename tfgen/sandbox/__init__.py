"""AWS simulated on this machine: moto in a process of its own, and what tfgen adds to it."""
