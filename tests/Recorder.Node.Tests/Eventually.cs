using System.Diagnostics;

namespace Recorder.Node.Tests;

/// <summary>Waits for what nothing announces: looks again and again, leaves the processor to others meanwhile, and gives up with words.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Ends when it holds.</summary>
    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(what, () => Task.FromResult(holds()));

    /// <summary>Ends when it holds.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!await holds())
        {
            waited.Elapsed.ShouldBeLessThan(Patience, $"Waited in vain until {what}.");
            await Task.Delay(Pause);
        }
    }
}
