using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests.Runtime;

/// <summary>Which nodes may live without being heard of.</summary>
public class ClusterViewSpecs
{
    private readonly SpecClock _clock = new();
    private readonly ClusterView _view;

    public ClusterViewSpecs() => _view = new ClusterView("n1", _clock);

    [Fact]
    public void A_node_that_is_silent_may_be_cut_off_for_an_hour_and_then_counts_as_dead()
    {
        _view.SetMembers([Cards.Of("n1"), Cards.Of("n2")]);
        _view.HasUnheard.ShouldBeFalse();

        _view.SetMembers([Cards.Of("n1")]);

        _view.HasUnheard.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(61));
        _view.HasUnheard.ShouldBeFalse();
    }

    [Fact]
    public void A_node_that_left_in_order_is_not_waited_for()
    {
        _view.SetMembers([Cards.Of("n1"), Cards.Of("n2") with { IsLeaving = true }]);
        _view.SetMembers([Cards.Of("n1")]);

        _view.HasUnheard.ShouldBeFalse();
    }

    [Fact]
    public void A_node_that_is_known_from_before_a_start_may_be_cut_off()
    {
        _view.Know(Cards.Of("n2"));

        _view.HasUnheard.ShouldBeTrue();
    }

    [Fact]
    public void A_member_that_does_not_answer_for_a_moment_may_still_take_over()
    {
        _view.SetMembers([Cards.Of("n1"), Cards.Of("n2")]);
        _view.SetMembers([Cards.Of("n1")]);

        _view.HasCompany.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(5));
        _view.HasCompany.ShouldBeFalse();
        _view.SetMembers([Cards.Of("n1"), Cards.Of("n2")]);
        _view.HasCompany.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_node_that_drains_or_leaves_takes_nothing_over(bool isDraining, bool isLeaving)
    {
        _view.SetMembers([Cards.Of("n1"), Cards.Of("n2") with { IsDraining = isDraining, IsLeaving = isLeaving }]);

        _view.HasCompany.ShouldBeFalse();
    }
}
