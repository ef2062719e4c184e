"""Every way in and out: pages, commands. Changes nothing except by calling `indexer`."""
