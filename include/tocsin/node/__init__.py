"""A real Elasticsearch of our own on this machine, without Docker: for tests, benchmarks and a first look."""

from tocsin.node.builds import BUILDS, Build, ToolsMissingError, fetch_build
from tocsin.node.java import find_java
from tocsin.node.running import Address, Node, NodeError

__all__ = ["BUILDS", "Address", "Build", "Node", "NodeError", "ToolsMissingError", "fetch_build", "find_java"]
