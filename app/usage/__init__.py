"""What requests to servers cost: noted as they end, kept in a file of its own, summed up."""
