"""The public interface: `import safetynets as sn` takes its names from here, each loaded when it is first used."""
