"""The Web Connector protocol and qbXML: bytes in, values out, nothing of the kernel."""
