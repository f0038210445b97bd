using Recorder.Contracts;
using Recorder.Node.HyperDeck;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>A deck that does what a spec says, at 25 frames per second.</summary>
internal sealed class FakeDeck : IDeck
{
    public static readonly TimeCodeRate Rate = TimeCodeRate.Find(25)!.Value;

    private readonly DeckSubscribers _subscribers = new();

    public List<string> Asked { get; } = [];

    public DeckResult Result { get; set; } = DeckResult.Done;

    public DeckDevice Device { get; } = new("Recorder studio", "0123456789ABCDEF", "0.1.0");

    public TimeSpan Uptime { get; set; } = TimeSpan.FromSeconds(90.5);

    public DeckTransport Transport { get; set; } = new(DeckStatus.Stopped, At("10:20:30:12"), At("00:00:00:00"));

    public DeckSlot Slot { get; set; } = new(DeckSlotStatus.Mounted, "data", TimeSpan.FromSeconds(7200), 4_000_000_000, 8_000_000_000);

    public IReadOnlyList<DeckClip> Clips { get; set; } = [];

    public static TimeCode At(string text) => TimeCode.TryParse(text, Rate, out var timeCode) ? timeCode : throw new FormatException(text);

    public static DeckClip Clip(int id, string name) =>
        new(id, name, At("10:00:00:00"), At("00:00:12:05")) { Codec = "h264", VideoFormat = "1080p25" };

    public Task<DeckResult> RecordAsync(string? name, CancellationToken cancellationToken) => Answer($"record {name}".TrimEnd(), DeckStatus.Record);

    public Task<DeckResult> StopAsync(CancellationToken cancellationToken) => Answer("stop", DeckStatus.Stopped);

    public Task<DeckResult> SpillAsync(CancellationToken cancellationToken) => Answer("spill", DeckStatus.Record);

    public IDisposable Subscribe(Action<DeckChange> changed) => _subscribers.Add(changed);

    public void Tell(DeckChange change) => _subscribers.Tell(change);

    private Task<DeckResult> Answer(string asked, DeckStatus status)
    {
        lock (Asked)
        {
            Asked.Add(asked);
        }

        if (Result == DeckResult.Done)
        {
            Transport = Transport with { Status = status };
            Tell(DeckChange.Transport);
        }

        return Task.FromResult(Result);
    }
}
