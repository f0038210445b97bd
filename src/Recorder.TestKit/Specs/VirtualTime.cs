using System.Globalization;

namespace Recorder.Testing;

/// <summary>The timed expectations of Akka's TestKit in virtual time, where every actor is idle before an expectation
/// looks.</summary>
internal sealed class VirtualTime(RecorderWorld world)
{
    /// <summary>Expects that no message is waiting once every actor is idle.</summary>
    public void ExpectNoMsg(Action<TimeSpan, CancellationToken> look)
    {
        world.Settle();
        look(TimeSpan.Zero, CancellationToken.None);
    }

    /// <summary>Runs a block and compares the virtual time that passed with its bounds.</summary>
    public void Within(TimeSpan min, TimeSpan max, Action block, string? hint, TimeSpan? epsilon)
    {
        ArgumentNullException.ThrowIfNull(block);
        var start = world.Clock.Elapsed;
        block();
        world.Settle();
        var took = world.Clock.Elapsed - start;
        if (took < min || took > max + (epsilon ?? TimeSpan.Zero))
        {
            throw new SpecFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The block took {took.TotalSeconds} s of virtual time instead of {min.TotalSeconds} to {max.TotalSeconds} s. {hint}")
                .TrimEnd());
        }
    }
}
