// Stratum
