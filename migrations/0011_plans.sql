-- Templates of rollout plans that a project keeps for its next flags.

alter table projects add column plans text not null default '[]';             -- JSON, a list of domain::plan_template::PlanTemplate
