namespace Recorder.Client;

/// <summary>The items that a subscriber was sent and has not acknowledged.</summary>
internal sealed class DeliveryWindow
{
    private readonly Queue<EventPosition> _sent = new();

    public int Count => _sent.Count;

    public void Sent(EventPosition position) => _sent.Enqueue(position);

    /// <summary>Takes an acknowledgement of an item and all before it; returns how many it covers, 0 for one that came twice.</summary>
    public int Acknowledge(EventPosition position)
    {
        var covered = 1;
        foreach (var sent in _sent)
        {
            if (sent.Equals(position))
            {
                for (var done = 0; done < covered; done++)
                    _sent.Dequeue();

                return covered;
            }

            covered++;
        }

        return 0;
    }
}
