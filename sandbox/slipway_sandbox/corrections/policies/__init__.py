"""What services do for somebody: whom AWS lets in, by the policies of receivers and keys, and by the trust of a role."""
