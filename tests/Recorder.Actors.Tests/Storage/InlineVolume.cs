using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

/// <summary>A volume whose jobs run where they are posted; a round runs when the spec says so.</summary>
internal sealed class InlineVolume : IVolume
{
    private readonly List<ISyncable> _waiting = [];

    public IDisk Disk { get; init; } = LocalDisk.Instance;

    public bool WasHurried { get; private set; }

    public void Post(Action job) => job();

    public void PostAside(Action job) => job();

    public void Sync(ISyncable written, bool atOnce)
    {
        WasHurried |= atOnce;
        if (!written.IsQueued)
        {
            written.IsQueued = true;
            _waiting.Add(written);
        }
    }

    /// <summary>One round of all that wait.</summary>
    public int Round()
    {
        var round = _waiting.ToList();
        _waiting.Clear();
        round.ForEach(written => written.IsQueued = false);
        round.ForEach(written => written.BeginRound());
        round.ForEach(written => written.Start());
        round.ForEach(written => written.SyncMedia());
        round.ForEach(written => written.SyncIndex());
        return round.Count;
    }
}
