"""A training job that counts as the reference document's example does. Its port is 8000."""

import time

from prometheus_client import Counter, Gauge, Histogram, start_http_server

batch_counter = Counter("ml_batches_processed", "Number of batches processed")
loss_gauge = Gauge("ml_training_loss", "Current training loss value")
training_time = Histogram("ml_training_batch_duration_seconds", "Time spent processing a training batch")

start_http_server(8000)
loss = 2.0
while True:
    with training_time.time():
        time.sleep(0.05)
    loss = 0.5 + (loss - 0.5) * 0.99
    loss_gauge.set(loss)
    batch_counter.inc()
