using System.Threading.Channels;

namespace Recorder.Node.Wall;

/// <summary>A tile and its JSON, which is made once for all viewers.</summary>
internal sealed record TileFrame(WallTile Tile, ReadOnlyMemory<byte> Json)
{
    public static TileFrame Of(WallTile tile) => new(tile, JsonSerializer.SerializeToUtf8Bytes(tile, WallJson.Plain.WallTile));
}

internal sealed record FrameChange(IReadOnlyList<TileFrame> Tiles, IReadOnlyList<RecorderId> Gone);

/// <summary>The tiles as they are, and their changes to whoever looks. Safe to use from any thread.</summary>
internal sealed class WallFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecorderId, TileFrame> _tiles = [];
    private readonly List<WallSubscription> _subscriptions = [];

    public void Publish(FrameChange change)
    {
        lock (_gate)
        {
            foreach (var frame in change.Tiles)
                _tiles[frame.Tile.Id] = frame;

            foreach (var recorder in change.Gone)
                _tiles.Remove(recorder);

            _subscriptions.ForEach(subscription => subscription.Offer(change));
        }
    }

    public WallSubscription Subscribe()
    {
        lock (_gate)
        {
            var subscription = new WallSubscription(this);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>All tiles in the order of their ids; what was offered to the subscription before is in them.</summary>
    public IReadOnlyList<TileFrame> Read(WallSubscription subscription)
    {
        lock (_gate)
        {
            subscription.Clear();
            return [.. _tiles.Values.OrderBy(frame => frame.Tile.Id.Value, StringComparer.Ordinal)];
        }
    }

    public void Remove(WallSubscription subscription)
    {
        lock (_gate)
            _subscriptions.Remove(subscription);
    }
}

/// <summary>The changes that wait for one viewer. One that falls behind loses them, and reads all tiles again.</summary>
internal sealed class WallSubscription(WallFeed feed) : IDisposable
{
    private const int MostWaiting = 64;

    private readonly Channel<FrameChange> _changes = Channel.CreateBounded<FrameChange>(MostWaiting);
    private volatile bool _isBehind;

    public ChannelReader<FrameChange> Changes => _changes.Reader;

    /// <summary>Whether changes were lost: read all tiles.</summary>
    public bool IsBehind => _isBehind;

    public void Offer(FrameChange change) => _isBehind |= !_changes.Writer.TryWrite(change);

    public void Clear()
    {
        while (_changes.Reader.TryRead(out _))
        {
        }

        _isBehind = false;
    }

    public void Dispose() => feed.Remove(this);
}
