using System.Globalization;

namespace Recorder.Testing;

/// <summary>What Akka's TestKit waits for in real time, in the time of a world: there, idle is all that there is to wait for.</summary>
internal sealed class VirtualTime(RecorderWorld world)
{
    /// <summary>Looks whether anything is there, once all actors are idle.</summary>
    /// <param name="look">The TestKit's own, for the time that it is given.</param>
    public void ExpectNoMsg(Action<TimeSpan, CancellationToken> look)
    {
        world.Settle();
        look(TimeSpan.Zero, CancellationToken.None);
    }

    /// <summary>Runs a block and holds the time that it took, by the world's clock, against its bounds.</summary>
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
                $"The block took {took.TotalSeconds} s of virtual time instead of {min.TotalSeconds} to {max.TotalSeconds} s. {hint}").TrimEnd());
        }
    }
}
